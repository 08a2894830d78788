"""What is kept: records, blobs and vectors. Knows neither AWS nor HTTP."""
