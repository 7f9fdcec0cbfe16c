"""Bundles of the inference daemon inferd: how they are made, and what they must answer.

``inferd.export`` turns a PyTorch module into a bundle, ``inferd.training`` prepares what it is trained
on, ``inferd.reference`` computes a bundle's forecasts step by step.
"""

from inferd.description import Description, DescriptionError
from inferd.reference import Reference, RequestRefused
from inferd.training import fit_scaler, training_rows

__all__ = [
    "Description",
    "DescriptionError",
    "Reference",
    "RequestRefused",
    "fit_scaler",
    "training_rows",
]
