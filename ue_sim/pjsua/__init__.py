"""The phone's second SIP stack: PJSIP by way of pjsua2, in processes of its own (`child`), and how it is talked to.

`orders` says what a request of ours asks of that stack, and refuses what it cannot be asked; `process` is one child;
`pool` finds the child that has room; `phone` is one UE there. What a UE does is `ue_sim.engine_pjsua2`'s.
"""
