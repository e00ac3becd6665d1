"""Billing: takes every order that is paid for. The filter on the topic's wire leaves the gifts out."""

import json


def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"])
        print(f"bill for order {order['id']}: {order['total']:.2f}")
