"""Hosting: models on fleets of replicas, behind endpoints."""
