//! A model of Azure: Entra, Resource Manager and Resource Graph.
