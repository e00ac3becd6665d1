"""The Python runtime: loads the handler, then asks the runtime API for one event after the other.

What a handler may look like: https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
"""

import http.client
import importlib
import json
import logging
import os
import sys
import time
import traceback

BASE = "/2018-06-01/runtime/"
request_id = None


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = client_context(headers.get("Lambda-Runtime-Client-Context"))
        self.identity = Part(cognito_identity_id=None, cognito_identity_pool_id=None)
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))

    def log(self, message):
        sys.stdout.write(str(message))


class Part:
    """A part of the context with attributes."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    client = given.get("client") or {}
    return Part(custom=given.get("custom"), env=given.get("env"), client=Part(**{n: client.get(n) for n in names}))


class Failure(Exception):
    """An error of the runtime's own, by its name."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class Handler(logging.Handler):
    """Prints records as Lambda does. A line feed within a message goes out as a carriage return, so that it stays one event."""

    def emit(self, record):
        try:
            sys.stdout.write(self.format(record).rstrip("\n").replace("\n", "\r") + "\n")
            sys.stdout.flush()
        except Exception:
            self.handleError(record)


class Request(logging.Filter):
    def filter(self, record):
        record.aws_request_id = request_id or ""
        return True


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    handler = Handler()
    handler.setFormatter(logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(Request())
    logging.getLogger().addHandler(handler)


class API:
    def __init__(self):
        self._connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def next(self):
        self._connection.request("GET", BASE + "invocation/next")
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            sys.exit(1)  # the environment is being ended
        return response.headers, body

    def post(self, target, body, error_type=None):
        headers = {"Content-Type": "application/json"}
        if error_type:
            headers["Lambda-Runtime-Function-Error-Type"] = error_type
        self._connection.request("POST", BASE + target, body.encode("utf-8"), headers)
        self._connection.getresponse().read()


def load():
    name = os.environ["_HANDLER"]
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Failure("Runtime.MalformedHandlerName", f"Bad handler '{name}': it needs the form file.function")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as e:
        raise Failure("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {e}") from e
    except SyntaxError as e:
        raise Failure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {e}") from e
    try:
        return getattr(module, function)
    except AttributeError:
        raise Failure("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'") from None


def describe(error):
    """The error document, without the frames of this file."""
    if isinstance(error, Failure):
        doc = {"errorMessage": str(error), "errorType": error.name, "requestId": request_id or "", "stackTrace": []}
        error = error.__cause__
        if not isinstance(error, SyntaxError):
            return doc
    else:
        doc = {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": request_id or ""}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__ and "importlib" not in f.filename]
    doc["stackTrace"] = traceback.format_list(frames)
    return doc


def report(doc):
    text = f"[ERROR] {doc['errorType']}: {doc['errorMessage']}\n"
    if doc["stackTrace"]:
        text += "Traceback (most recent call last):\n" + "".join(doc["stackTrace"])
    sys.stdout.write(text.rstrip("\n").replace("\n", "\r") + "\n")
    sys.stdout.flush()


def encode(result):
    try:
        return json.dumps(result, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as e:
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {e}") from e


def serve(api, handler):
    global request_id
    while True:
        headers, body = api.next()
        context = Context(headers)
        request_id = context.aws_request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        target = f"invocation/{request_id}/"
        try:
            answer = encode(handler(json.loads(body), context))
        except Exception as e:
            doc = describe(e)
            report(doc)
            sys.stderr.flush()
            api.post(target + "error", json.dumps(doc), doc["errorType"])
            continue
        sys.stdout.flush()
        sys.stderr.flush()
        api.post(target + "response", answer)


def main():
    set_up_logging()
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]  # instead of this file's folder
    api = API()
    try:
        handler = load()
    except Exception as e:
        doc = describe(e)
        report(doc)
        api.post("init/error", json.dumps(doc), doc["errorType"])
        sys.exit(1)
    try:
        serve(api, handler)
    except (OSError, http.client.HTTPException):
        sys.exit(1)  # the runtime API is gone: so is Airloom


main()
