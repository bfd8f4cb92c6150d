"""Static files under names that carry a hash of their content."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_, _IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns  # type: ignore[attr-defined]  # not in the stubs


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage, which also rewrites the imports between our ES modules.

    Django would look for imports in every script; the megabytes of the libraries have none, and take the longest.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORTS))
    # A file's name depends on its imports' names: one pass for each link of the longest chain of imports.
    max_post_process_passes = 20
