"""An XCAP server (RFC 4825): documents, the parts of them, and the rules by which they change.

A document is the octets that were put. A part of it is a slice of them, and a change is a splice: so white space,
comments and namespace declarations stay as they were written, which RFC 4825 8.2.3 and 8.3 demand. (A tree that is
written out again, as lxml does it, loses redundant declarations and adds those of ancestors.)
"""
