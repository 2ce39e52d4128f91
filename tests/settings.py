"""The product's settings, with a folder of their own for the tests of one process: no run disturbs another, or data/.

pytest reads the settings before any conftest, so the folder must be named here.
"""

import atexit
import os
import shutil
import tempfile

if "CERTREMOVAL_DATA" not in os.environ:
    os.environ["CERTREMOVAL_DATA"] = tempfile.mkdtemp(prefix="certremoval-tests-")
    atexit.register(shutil.rmtree, os.environ["CERTREMOVAL_DATA"], ignore_errors=True)

# Programs that tests start are the product, and take its own settings.
os.environ["DJANGO_SETTINGS_MODULE"] = "certremoval.config.settings"

from certremoval.config.settings import *  # noqa: F403
