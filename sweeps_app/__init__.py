"""The Sweepdeck server: models, services, search, REST API and background tasks."""
