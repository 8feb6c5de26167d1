"""Objects of a bucket, over S3's protocol: Amazon's servers, and others that speak it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import obstore
from obstore import exceptions
from obstore.store import S3Store

from ..errors import StoreError

# A server that does not answer is asked again for so long, then the command ends with an error.
_RETRY = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {
        "init_backoff": timedelta(milliseconds=200),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
}
_CONNECT, _REQUEST = timedelta(seconds=5), timedelta(seconds=120)
_KEPT = "What is stored is kept, and the same command goes on."
_CREDENTIALS = "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, if there is one)"
_EXPIRED = {"ExpiredToken", "TokenRefreshRequired", "RequestExpired", "ExpiredTokenException"}
_MOST_LETTERS = 300
_NO_BUCKET, _PUTTING = "NoSuchBucket", "putting"


class BucketObjects:
    """See ``Objects``; credentials, region and endpoint are those of the environment.

    Parameters
    ----------
    bucket, prefix : str
    """

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
        self.server = endpoint or "Amazon S3"
        self._objects = S3Store(
            bucket,
            prefix=prefix or None,
            config={
                "conditional_put": "etag",
                "disable_bulk_delete": True,
                **({"endpoint": endpoint} if endpoint else {}),
            },
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT,
                "timeout": _REQUEST,
            },
            retry_config=_RETRY,
        )

    def get(self, name: str) -> bytes | None:
        """Read an object; None if there is none."""
        with self._told():
            try:
                return obstore.get(self._objects, name).bytes().to_bytes()
            except FileNotFoundError as error:
                if _NO_BUCKET in str(error):
                    raise
                return None

    def put_if_absent(self, name: str, content: bytes) -> bool:
        """Write an object unless there is one; tells whether it was written."""
        with self._told(_PUTTING):
            try:
                # In one request: a part of an object is nowhere, whatever ends meanwhile.
                obstore.put(self._objects, name, content, mode="create", use_multipart=False)
            except exceptions.AlreadyExistsError:
                return False
        return True

    def list(self, folder: str) -> list[str]:
        """Name the objects directly in a folder, without the folder, in order."""
        with self._told():
            found = obstore.list_with_delimiter(self._objects, folder)["objects"]
        return sorted(one["path"].rpartition("/")[2] for one in found)

    def exists(self, name: str) -> bool:
        """Tell whether there is an object."""
        with self._told():
            try:
                obstore.head(self._objects, name)
            except FileNotFoundError:
                return False
        return True

    def remove(self, name: str) -> None:
        """Remove an object; there may be none."""
        with self._told(), suppress(FileNotFoundError):
            obstore.delete(self._objects, name)

    @contextmanager
    def _told(self, doing: str = "") -> Iterator[None]:
        """Turn what a server or the network says into what is wrong and how to mend it."""
        try:
            yield
        except (exceptions.BaseError, OSError, ValueError) as error:
            raise StoreError(f"the store {self.url}: {self._why(str(error), doing)}") from error

    def _why(self, said: str, doing: str) -> str:
        found = re.search(r"<Code>([A-Za-z]+)</Code>", said)
        code = found[1] if found else ""
        status = re.search(r"status code: (\d{3})", said)
        number = status[1] if status else ""
        if code == _NO_BUCKET:
            return (
                f"{self.server} has no bucket {self.bucket!r}.  Create it, or mend the name behind "
                "--store."
            )
        if code in _EXPIRED:
            return f"the credentials have expired ({code}).  Renew {_CREDENTIALS}.  {_KEPT}"
        if "http://169.254." in said or "/latest/api/token" in said:
            return f"there are no credentials for {self.server}.  Set {_CREDENTIALS}."
        if doing == _PUTTING and (code == "NotImplemented" or number == "501"):
            return (
                f"{self.server} refuses conditional puts (If-None-Match), without which two runs "
                "could overwrite each other's cells.  Name a store on another server with --store."
            )
        if number in ("401", "403"):
            named = f" ({code})" if code else ""
            return (
                f"{self.server} does not allow it{named}.  Look at {_CREDENTIALS}: reading, "
                f"writing, listing and deleting below the prefix must be allowed.  {_KEPT}"
            )
        if "redirect without LOCATION" in said:
            return f"the bucket {self.bucket!r} is in another region.  Set AWS_REGION to it."
        line = " ".join(said.partition("Debug source")[0].split())[:_MOST_LETTERS]
        return (
            f"{self.server} does not answer as it should: {line}.  Look at the network and at "
            f"AWS_ENDPOINT_URL.  {_KEPT}"
        )
