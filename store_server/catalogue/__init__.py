"""Goods: products, barcodes, categories, extra fields, search."""
