"""What papers say: the fields of forms, of invoices and receipts, of passports and cards."""
