"""/_mail/preview/: every mail the product can send, with sample data, while DEBUG is on."""
