import Graph
import Testing

@testable import Keras

@Suite struct EinsumTests {
  private func count(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.elementCount).map { Float($0 + 1) }, shape: shape)
  }

  @Test func products() throws {
    let (a, b) = (count([2, 3]), count([3, 4]))
    #expect(try einsum("ij,jk->ik", a, b).scalars() == a.matmul(b).scalars())
    #expect(try einsum("ij,jk", a, b).scalars() == a.matmul(b).scalars())
    #expect(try einsum("ij,jk->ki", a, b).scalars() == a.matmul(b).transpose().scalars())
    #expect(try einsum("ij,ij->", a, a).item() == 91)
    #expect(einsum("i,j->ij", count([2]), count([3])).shape == [2, 3])
  }

  @Test func oneOperand() throws {
    let square = count([3, 3])
    #expect(try einsum("ii->i", square).scalars() == [1, 5, 9])
    #expect(try einsum("ii", square).item() == 15)
    #expect(try einsum("ij->j", square).scalars() == [12, 15, 18])
    #expect(try einsum("ji", square).scalars() == square.transpose().scalars())
  }

  @Test func ellipsisAndThreeOperands() throws {
    let x = count([2, 3, 4])
    let w = count([4, 2])
    #expect(try einsum("...d,de->...e", x, w).scalars() == x.matmul(w).scalars())
    #expect(einsum("...ij,...jk->...ik", count([5, 1, 2, 3]), count([6, 3, 4])).shape == [5, 6, 2, 4])
    let (a, b, c) = (count([2, 3]), count([3, 4]), count([4, 2]))
    #expect(try einsum("ij,jk,kl->il", a, b, c).scalars() == a.matmul(b).matmul(c).scalars())
  }

  @Test func refusals() {
    for text in ["ij->", "ij,jk,kl->il", "ij,jk->iz", "ij,j1->i", "ij,jk->ii", "i->j->k", "i,jk->ik"] {
      #expect(einsum(text, count([2, 3]), count([3, 4])).failure != nil, "\(text)")
    }
    #expect(einsum("ij,jk->ik", count([2, 3]), count([4, 4])).failure != nil)
  }
}
