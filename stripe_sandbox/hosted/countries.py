"""Countries by their two letters (names from Unicode's CLDR), and the tax numbers a business may have."""

from __future__ import annotations

import json
from pathlib import Path

COUNTRIES: dict[str, str] = json.loads((Path(__file__).parent / "countries.json").read_text("utf-8"))

TAX_IDS = {
    "ae_trn": "United Arab Emirates: TRN",
    "au_abn": "Australia: ABN",
    "br_cnpj": "Brazil: CNPJ",
    "ca_bn": "Canada: BN",
    "ch_vat": "Switzerland: VAT (MWST)",
    "eu_vat": "European Union: VAT",
    "gb_vat": "United Kingdom: VAT",
    "in_gst": "India: GSTIN",
    "jp_trn": "Japan: registered tax number",
    "kr_brn": "South Korea: BRN",
    "mx_rfc": "Mexico: RFC",
    "no_vat": "Norway: VAT",
    "nz_gst": "New Zealand: GST",
    "sg_gst": "Singapore: GST",
    "us_ein": "United States: EIN",
    "za_vat": "South Africa: VAT",
}
