"""The lists that come in from offices, from the file to validated rows, and the lists made up for demonstrations."""
