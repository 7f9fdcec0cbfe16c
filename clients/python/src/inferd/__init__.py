"""Bundles of the inference daemon inferd: how they are made, and what they must answer."""

from inferd.description import Description, DescriptionError
from inferd.reference import Reference, RequestRefused

__all__ = ["Description", "DescriptionError", "Reference", "RequestRefused"]
