"""L3 运输跟踪: where a shipment is, from its tracking events, and what went wrong on the way."""
