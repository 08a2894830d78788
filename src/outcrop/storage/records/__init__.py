"""Records: one document per resource, durable once written."""
