"""``certremoval serve``: the web server and the workers, kept running by one process."""
