"""The SIP core: P-, I- and S-CSCF roles and an HSS, enough to register by IMS AKA and to tell the VAL server (figure 5.X.3.2.2-1)."""
