"""Static files under names that carry a hash of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise's storage, which also rewrites the imports between our ES modules."""

    support_js_module_import_aggregation = True
    # A file's name depends on its imports' names: one pass for each link of the longest chain of imports.
    max_post_process_passes = 20
