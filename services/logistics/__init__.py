"""Logistics: carriers, rates, shipments, routes, incidents, freight."""
