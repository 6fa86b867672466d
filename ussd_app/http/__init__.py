"""Edges in: what gateways, providers and monitors send us over HTTP."""
