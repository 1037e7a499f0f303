import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addLinearAlgebra() {
    add("linalg.matmul matmul", ["a", "b"]) { call in
      var (a, b) = try call.pair("a", "b")
      if try call.flag("transpose_a") || call.flag("adjoint_a") { a = a.swapAxes(-2, -1) }
      if try call.flag("transpose_b") || call.flag("adjoint_b") { b = b.swapAxes(-2, -1) }
      return a.matmul(b)
    }
    add("linalg.matvec", ["a", "b"]) { call in
      var (a, b) = try call.pair("a", "b")
      if try call.flag("transpose_a") || call.flag("adjoint_a") { a = a.swapAxes(-2, -1) }
      b = b.expandDims(-1)
      return a.matmul(b).squeeze(-1)
    }
    add("tensordot", ["a", "b", "axes"]) { call in
      let (a, b) = try call.pair("a", "b")
      guard let pairs = try call.value("axes")?.array else { return a.tensordot(b, axes: try call.int("axes")) }
      let axes = pairs.map { $0.array?.compactMap(\.int) ?? [$0.int].compactMap { $0 } }
      guard axes.count == 2 else { throw call.error("axes", "must be a number or two lists of axes") }
      return a.tensordot(b, axes: (axes[0], axes[1]))
    }
    add("einsum linalg.einsum", ["equation", "inputs"]) { call in
      einsum(try call.string("equation", ""), try call.variadic(from: "inputs"))
    }
    add("linalg.inv", ["input", "adjoint"]) { call in
      try call.require("adjoint", false)
      return try call.tensor("input").inverse()
    }
    add("linalg.det", ["input"]) { try $0.tensor("input").determinant() }
    add("linalg.cholesky", ["input"]) { try $0.tensor("input").cholesky() }
    add("linalg.logdet", ["matrix"]) { try $0.tensor("matrix").logDeterminant() }
    add("linalg.solve", ["matrix", "rhs", "adjoint"]) { call in
      try call.require("adjoint", false)
      let (a, b) = try call.pair("matrix", "rhs")
      return a.solve(b)
    }
    add("linalg.triangular_solve", ["matrix", "rhs", "lower", "adjoint"]) { call in
      try call.require("adjoint", false)
      let (a, b) = try call.pair("matrix", "rhs")
      return a.solveTriangular(b, lower: try call.flag("lower", true))
    }
    add("linalg.diag", ["diagonal", "k"]) { call in
      try call.require("k", 0)
      let x = try call.tensor("diagonal")
      try call.checkTable("diagonal", call.extent(x, -1), call.extent(x, -1))
      return x.expandDims(-1) * Tensor.eye(try call.extent(x, -1), dtype: x.dtype)
    }
    add("linalg.diag_part", ["input", "k"]) {
      try $0.tensor("input").diagonal(offset: $0.int("k", 0), axis1: -2, axis2: -1)
    }
    add("linalg.trace", ["x"]) { try $0.tensor("x").trace(axis1: -2, axis2: -1) }
    add("linalg.band_part", ["input", "num_lower", "num_upper"]) { call in
      var x = try call.tensor("input")
      let (below, above) = (try call.int("num_lower"), try call.int("num_upper"))
      if below >= 0 { x = x.triu(k: -below) }
      if above >= 0 { x = x.tril(k: above) }
      return x
    }
    add("linalg.set_diag", ["input", "diagonal", "k"]) { call in
      try call.require("k", 0)
      let x = try call.tensor("input")
      try call.checkTable("input", call.extent(x, -2), call.extent(x, -1))
      let eye = Tensor.eye(try call.extent(x, -2), try call.extent(x, -1), dtype: .bool)
      let diagonal = try call.tensor("diagonal", like: x)
      guard try call.extent(x, -2) == call.extent(x, -1) else { throw call.error("input", "must be square") }
      return `where`(eye, diagonal.expandDims(-1), x)
    }
    add("linalg.cross", ["a", "b"]) { call in
      let (a, b) = try call.pair("a", "b")
      return a.cross(b)
    }
    addMultiple("linalg.normalize", ["tensor", "ord", "axis"]) { call in
      try call.require("ord", "euclidean")
      let x = try call.tensor("tensor")
      let norm = x.square().sum(axis: try call.axes("axis"), keepDims: true).sqrt()
      return [x / norm, norm]
    }
  }
}
