"""Bulk loads: people, units, groups, certifications and enrollments, each from a file.

A file is taken whole or not at all. It is read into a TEMP table, checked and compared there, and only what differs
is written::

    read and convert cells -> stage -> find (match with what is stored) -> check -> count -> apply

:func:`certremoval.loading.loads.load` is that way. One module a kind says which columns it has and what can be wrong
with them, and its namesake in ``sql`` does the work. (This package imports nothing, because it is a Django app and
imported before there are models.)
"""
