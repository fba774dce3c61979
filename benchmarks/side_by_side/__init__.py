"""Side by side: our suite and other tools against the same faulty servers, with the same key, contract and budget.

sample -> for each deviation a fresh server behind a counting relay -> one tool -> its failures -> less its baseline -> tables
"""
