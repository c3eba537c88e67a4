"""What was on the wires and what programs noted, as one tells it: who said what to whom, as a figure, as a ladder."""
