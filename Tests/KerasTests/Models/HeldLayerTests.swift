import Testing

@testable import Keras

/// Layers that a layer of one's own holds in its properties.
@Suite(.serialized) struct HeldLayerTests {
  final class Block: Layer, ConfigConstructible, @unchecked Sendable {
    override class var className: String { "Blk" }
    let zeta = Dense(2)
    let alpha = Dense(3)
    let _hid = Dense(2)
    let stack = [Dense(2), Dense(2)]
    let tbl = ["a": Dense(2), "b": Dense(2)]

    init() { super.init() }
    convenience init(from reader: ConfigReader) throws {
      self.init()
    }

    override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
      let x = stack.reduce(_hid(alpha(zeta(input)))) { $1($0) }
      return ["a", "b"].reduce(x) { y, key in tbl[key].map { $0(y) } ?? y }
    }
  }

  final class Net: Model, @unchecked Sendable {
    override class var className: String { "Mdl" }
    let zeta = Dense(2)
    let alpha = Dense(3)
    let _hid = Dense(2)
    let stack = [Dense(2), Dense(2)]
    let middle = Dense(2)

    override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
      stack.reduce(middle(_hid(alpha(zeta(input))))) { $1($0) }
    }
  }

  private func model(_ block: Layer) throws -> Model {
    let x = Input(4)
    return try Model(inputs: x, outputs: block(x))
  }

  /// The paths are those of the files that Keras 3.15 writes for Python classes with these attributes.
  @Test func pathsAsInPython() throws {
    func paths(_ model: Model) -> [String] {
      model.weightGroups().filter { !$0.variables.isEmpty }.map(\.path).sorted()
    }
    #expect(
      try paths(model(Block())) == [
        "layers/blk/_hid/vars", "layers/blk/alpha/vars", "layers/blk/stack/dense/vars",
        "layers/blk/stack/dense_1/vars", "layers/blk/tbl/dense/vars", "layers/blk/tbl/dense_1/vars",
        "layers/blk/zeta/vars",
      ])
    let net = Net()
    _ = try net.predict(.ones([1, 4]))
    #expect(
      paths(net) == [
        "alpha/vars", "layers/dense/vars", "layers/dense_2/vars", "layers/dense_3/vars", "layers/dense_4/vars",
        "layers/dense_5/vars",
      ])
    #expect(net.layers.count == 6)
  }

  @Test func trainedCountedAndFrozen() throws {
    let block = Block()
    let model = try model(block)
    #expect(block.weights.count == 14)
    #expect(model.parameterCount == 10 + 9 + 8 + 4 * 6)
    let before = try block.getWeights().map { try $0.scalars() }
    try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError)
    try model.fit(.ones([2, 4]), .ones([2, 2]), verbose: 0)
    let after = try block.getWeights().map { try $0.scalars() }
    for (old, new) in zip(before, after) { #expect(old != new) }
    block.trainable = false
    #expect(model.trainableWeights.isEmpty)
    #expect(block.stack.allSatisfy { !$0.trainable })
  }

  @Test func savedAndLoaded() throws {
    CustomObjects.register(Block.self)
    let folder = try TemporaryFolder()
    let model = try model(Block())
    for ending in ["keras", "h5"] {
      try model.save("\(folder.path)/m.\(ending)")
      let loaded = try Model.load("\(folder.path)/m.\(ending)")
      let x = Tensor((0..<8).map { Float($0) / 4 }, shape: [2, 4])
      #expect(try loaded.predict(x).scalars() == model.predict(x).scalars())
    }
  }

  // MARK: Other places

  final class Late: Layer, @unchecked Sendable {
    var dense: Dense?
    lazy var lastLayer = Dense(1)
    let pair = (Dense(2), Dropout(0.5))
    let nested: [[Layer]] = [[Dense(2), Dense(2)], [Dense(2)]]
    let other: Any = Dense(2)
    let numbers = [Float](repeating: 0, count: 100_000)

    override func build(_ inputShape: [Int?]) throws { dense = Dense(2) }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
      var x = dense.map { $0(input) } ?? input
      x = pair.1(pair.0(x))
      x = nested.flatMap { $0 }.reduce(x) { $1($0) }
      if let other = other as? Layer { x = other(x) }
      return lastLayer(x)
    }
  }

  @Test func inOptionalsTuplesAndLists() throws {
    let late = Late()
    _ = try model(late)
    #expect(
      late.sublayers.map(\.attribute) == [
        "dense", "last_layer", "pair/", "pair/", "nested/container/", "nested/container/", "nested/container_1/",
        "other",
      ])
    #expect(late.weights.count == 14)
  }

  class Base: Layer, @unchecked Sendable { let first = Dense(2) }
  final class Derived: Base, @unchecked Sendable {
    let second = Dense(2)
    weak var owner: Layer?
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { second(first(input)) }
  }

  @Test func ofSuperclassesAndInCircles() throws {
    let (a, b) = (Derived(), Derived())
    (a.owner, b.owner) = (b, a)
    _ = try model(a)
    #expect(a.sublayers.map(\.attribute) == ["first", "second", "owner"])
    #expect(a.weights.count == 4)
    a.trainable = false
    #expect(!b.second.trainable)
    b.owner = b
    #expect(b.weights.isEmpty)
  }

  // MARK: Layers that nobody would save

  final class Closing: Layer, @unchecked Sendable {
    let body: @Sendable (Tensor) -> Tensor
    init(_ body: @escaping @Sendable (Tensor) -> Tensor) {
      self.body = body
      super.init(name: "closing")
    }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { body(input) }
  }

  @Test func strangersAreRefused() throws {
    let dense = Dense(2, name: "lost")
    let layers: [Layer] = [
      Closing { dense($0) }, Closing { Dense(2, name: "lost")($0) }, Lambda(name: "closing") { dense($0) },
    ]
    for layer in layers {
      for call in [{ layer(Input(4)) }, { layer(.ones([1, 4])) }] {
        let error = try #require(call().failure)
        #expect(error.kind == .invalidModel)
        for word in ["closing", "lost (Dense)", "stored property"] { #expect("\(error)".contains(word), "\(error)") }
      }
    }
    // What has no weights is lost to nobody.
    #expect(Closing { Dropout(0.5)(ReLU()($0)) }(Input(4)).failure == nil)
  }

  /// A layer that the model holds may be called from another one inside it.
  final class Sharing: Model, @unchecked Sendable {
    let dense = Dense(4)
    lazy var caller = Closing { [dense] in dense($0) }
    override func call(_ input: Tensor, _ context: CallContext) -> Tensor { caller(input) }
  }

  @Test func heldFurtherOut() throws {
    let sharing = Sharing()
    _ = try sharing.predict(.ones([1, 4]))
    #expect(sharing.weights.count == 2)
  }
}
