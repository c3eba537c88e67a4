"""The S-CSCF: the registrar and its table, what application servers and watchers are told, the routing by criteria."""
