"""Shipping: takes every order that has a weight, and refuses what it cannot put on the scales.

A message that fails is reported alone: the others of its batch are done, and only this one comes again. After two tries
the queue sets it aside in failed-parcels, where somebody can look at it while all other parcels go out.
"""

import json


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            ship(json.loads(record["body"]))
        except (KeyError, TypeError, ValueError) as error:
            print(f"cannot ship message {record['messageId']}: {error}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def ship(order):
    weight = float(order["weight"])
    size = "letter" if weight <= 0.5 else "parcel" if weight <= 30 else "pallet"
    print(f"ship order {order['id']} as a {size}")
