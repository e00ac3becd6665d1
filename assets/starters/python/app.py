"""What stands outside of the handler runs once, when an environment starts: clients and connections belong there.

The AWS SDK (boto3) is provided by the runtime; the names of what you wire up come as variables in os.environ.
"""

import json
import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    logger.info("event %s", json.dumps(event))
    return {"message": f"hello from {context.function_name}", "event": event}
