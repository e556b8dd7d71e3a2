"""A made-up network of any size, for measuring, never for people: the same for the same seed and the same moment.

It lives around that moment: posts of the last hours, days and weeks and a long tail of years, nothing in the future.
Rows are made one by one in the order of time and go to the database as a stream, so that memory stays flat.
"""
