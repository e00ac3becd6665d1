"""Loyalty: counts a point for each ten spent, of every order. No filter: this queue gets all messages."""

import json


def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"])
        print(f"order {order['id']} earns {int(order['total'] // 10)} points")
