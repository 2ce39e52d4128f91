"""The engine's SQL, one module a step: stage, classify, suggest, keep, lease, remove.

Set-based: no statement for each row. Where the databases need different words, the two stand side by side in one
mapping, and a test sees that both give the same rows. Parameters are named; percent signs in texts are doubled.
"""
