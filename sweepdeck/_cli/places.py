"""How runs and projects are named on the command line."""

from sweepdeck._api import Client
from sweepdeck._errors import UsageError
from sweepdeck._settings import Settings


def project_of(client: Client, given: str | None, entity: str | None = None) -> tuple[str, str]:
    """Return entity and project of PROJECT or ENTITY/PROJECT, else of what the environment names.

    Raises `UsageError` where no project is named.
    """
    settings = Settings.from_environment()
    *above, project = (given or settings.project).strip("/").split("/")
    if not project or len(above) > 1:
        raise UsageError("name a project, as PROJECT or ENTITY/PROJECT, or set SWEEPDECK_PROJECT")
    return entity or (above[0] if above else settings.entity or client.entity), project


def run_of(client: Client, given: str, project: str | None, entity: str | None) -> tuple[str, str, str]:
    """Return entity, project and id of ID, PROJECT/ID or ENTITY/PROJECT/ID.

    Raises `UsageError` where no project is named.
    """
    *above, run_id = given.strip("/").split("/")
    return *project_of(client, "/".join(above) or project, entity), run_id
