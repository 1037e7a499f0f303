@_exported import struct Graph.Shape
@_exported import enum Graph.DType
