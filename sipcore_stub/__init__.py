"""The SIP core of figure 5.X.3.2.2-1: P-, I- and S-CSCF and an HSS.

Enough of IMS to register by AKA, to tell application servers of it, and to route a PUBLISH to them.
"""
