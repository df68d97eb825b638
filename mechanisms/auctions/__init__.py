"""Sealed-bid auctions in plain Python: bids in, (allocation, payments) out, one entry per bidder.

They use only + - * and comparisons of bids, so that they run on int, Fraction, float and on symbolic numbers alike.
Equal bids are served in the order of the bidders, lowest index first; `lotteries` breaks ties at random instead.
"""
