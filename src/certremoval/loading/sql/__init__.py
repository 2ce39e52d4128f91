"""The SQL of the loads: what both databases do differently in ``statements``, then one module a kind.

The rows of the file are staged in ``load_rows`` (``line`` and a column a field); what they match and what is to be
done goes into further TEMP tables, all called ``load_…``.
"""
