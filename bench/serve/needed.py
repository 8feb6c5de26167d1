"""What a service is made of; the extra ``serve`` installs it."""

# By import name.
SERVED_BY = ("starlette", "uvicorn", "pydantic", "prometheus_client")
