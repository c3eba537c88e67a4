"""What the commands share: the command line, how work begins and ends, keys, documents and databases by hand."""
