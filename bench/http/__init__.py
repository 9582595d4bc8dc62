"""Pages of the product, asked for by HTTP, beside bare Django pages of the same size on the same server."""
