"""What can be watched of a program while it runs: metrics, logs for machines, SIP messages for HOMER.

All of it is off unless the settings say otherwise (`settings`), and then costs nothing. `watch` makes what the settings
ask for and hands the program two of its own seams: an observer for its notes, a tap for its messages.
"""
