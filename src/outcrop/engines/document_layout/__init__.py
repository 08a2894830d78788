"""How a page is laid out: its titles, texts, figures and tables, and the cells of those."""
