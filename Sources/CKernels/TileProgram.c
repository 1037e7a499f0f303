#include "TileProgram.h"

#include "ConvertLanes.h"
#include "Threads.h"
#include "TileArithmetic.h"

static int lane_size(int lane) { return lane >= CK_F64 ? 8 : 4; }

static void load_run(int lane, void *r, int element, const char *p, int64_t n, int64_t stride) {
  if (lane_size(lane) == 8) {
    ck_load_i64(r, p, n, stride);
  } else if (lane == CK_F32) {
    ck_load_f32(r, element, p, n, stride);
  } else {
    ck_load_i32(r, element, p, n, stride);
  }
}

/// Fills a register with the elements `start..<start + n` of an operand, following its strides.
static void load(const ck_access *access, int lane, char *r, const char *p, int64_t start, int64_t n) {
  int64_t size = ck_element_size(access->element), width = lane_size(lane);
  int rank = access->rank;
  if (rank == 0) {
    load_run(lane, r, access->element, p, n, 0);
    return;
  }
  int64_t index[8], rest = start, offset = 0;
  for (int axis = rank - 1; axis >= 0; axis--) {
    index[axis] = axis ? rest % access->extents[axis] : rest;
    rest /= access->extents[axis];
    offset += index[axis] * access->strides[axis];
  }
  int last = rank - 1;
  int64_t stride = access->strides[last];
  while (n > 0) {
    int64_t run = access->extents[last] - index[last];
    if (run > n) run = n;
    load_run(lane, r, access->element, p + offset * size, run, stride);
    r += run * width;
    n -= run;
    offset += run * stride;
    index[last] += run;
    for (int axis = last; axis > 0 && index[axis] == access->extents[axis]; axis--) {
      offset += access->strides[axis - 1] - index[axis] * access->strides[axis];
      index[axis] = 0;
      index[axis - 1]++;
    }
  }
}

static void iota(const ck_access *access, int lane, void *r, int64_t start, int64_t n) {
  // extents[0] is the counted axis, extents[1] the elements inside one of its positions.
  int64_t inner = access->extents[1], extent = access->extents[0];
  int64_t within = start % inner, value = start / inner % extent;
  for (int64_t i = 0; i < n; i++) {
    switch (lane) {
    case CK_F32: ((float *)r)[i] = (float)value; break;
    case CK_F64: ((double *)r)[i] = (double)value; break;
    case CK_I32: case CK_U32: ((uint32_t *)r)[i] = (uint32_t)value; break;
    default: ((uint64_t *)r)[i] = (uint64_t)value;
    }
    if (++within == inner) {
      within = 0;
      if (++value == extent) value = 0;
    }
  }
}

static void arithmetic(const ck_instruction *instruction, int64_t n, void *r, const void *a, const void *b) {
  switch (instruction->lane) {
  case CK_F32:
    if (instruction->opcode < CK_ADD) {
      ck_f32_unary(instruction->opcode, n, r, a);
    } else {
      ck_f32_binary(instruction->opcode, n, r, a, b);
    }
    break;
  case CK_F64: ck_f64_arithmetic(instruction->opcode, n, r, a, b); break;
  case CK_I32: ck_i32_arithmetic(instruction->opcode, n, r, a, b); break;
  case CK_U32: ck_u32_arithmetic(instruction->opcode, n, r, a, b); break;
  case CK_I64: ck_i64_arithmetic(instruction->opcode, n, r, a, b); break;
  default: ck_u64_arithmetic(instruction->opcode, n, r, a, b);
  }
}

struct run {
  const ck_tile_program *program;
  void *const *pointers;
};

static void execute(
  const struct run *run, const ck_instruction *i, char *const *registers, int64_t start, int64_t n, int part
) {
  const ck_tile_program *program = run->program;
  void *const *pointers = run->pointers;
  char *r = registers[i->result];
  const ck_access *access = &program->accesses[i->a];
  switch (i->opcode) {
  case CK_SELECT:
    ck_tile_select(lane_size(i->lane), n, r, (int32_t *)registers[i->a], registers[i->b], registers[i->c]);
    break;
  case CK_CONVERT: ck_tile_convert(i->lane, i->detail, n, r, registers[i->a]); break;
  case CK_CONVERT_BOOL: ck_tile_convert_bool(i->detail, n, (int32_t *)r, registers[i->a]); break;
  case CK_SATURATE: ck_tile_saturate(i->lane, i->detail, n, r, registers[i->a]); break;
  case CK_NARROW: ck_tile_narrow(i->lane, i->detail, n, r, registers[i->a]); break;
  case CK_LOAD: load(access, i->lane, r, pointers[access->pointer], start, n); break;
  case CK_STORE: {
    char *p = (char *)pointers[access->pointer] + start * ck_element_size(access->element);
    if (i->lane == CK_F32) {
      ck_store_f32((float *)registers[i->b], access->element, p, n);
    } else if (lane_size(i->lane) == 8) {
      memcpy(p, registers[i->b], (size_t)n * 8);
    } else {
      ck_store_i32((int32_t *)registers[i->b], access->element, p, n);
    }
    break;
  }
  case CK_IOTA: iota(access, i->lane, r, start, n); break;
  case CK_RANDOM: ck_tile_random(start, n, (uint32_t *)r, pointers[access->pointer]); break;
  case CK_SUM_ROWS: {
    float *accumulator = (float *)pointers[access->pointer] + (int64_t)part * i->b;
    ck_tile_sum_rows(n / i->b, i->b, accumulator, (float *)registers[i->c]);
    break;
  }
  case CK_SUM_ALL: {
    double *accumulator = (double *)pointers[access->pointer] + part;
    *accumulator += (double)ck_tile_sum(n, (float *)registers[i->c]);
    break;
  }
  default: arithmetic(i, n, r, registers[i->a], registers[i->b]);
  }
}

static void run_part(void *context, int part, int parts) {
  const struct run *run = context;
  const ck_tile_program *program = run->program;
  char *registers[CK_MAX_REGISTERS];
  char *scratch = (char *)run->pointers[program->scratch_pointer] + part * program->part_stride;
  for (int r = program->direct_count; r < program->register_count; r++) {
    registers[r] = scratch + (r - program->direct_count) * program->register_stride;
  }
  for (int i = 0; i < program->prologue_count; i++) {
    execute(run, &program->instructions[i], registers, 0, program->tile, part);
  }
  int64_t tiles = (program->count + program->tile - 1) / program->tile;
  int64_t end = ck_bound(tiles, part + 1, parts);
  for (int64_t tile = ck_bound(tiles, part, parts); tile < end; tile++) {
    int64_t start = tile * program->tile;
    int64_t n = program->count - start < program->tile ? program->count - start : program->tile;
    for (int d = 0; d < program->direct_count; d++) {
      const ck_direct_register *direct = &program->directs[d];
      registers[direct->reg] = (char *)run->pointers[direct->pointer] + start * direct->size;
    }
    for (int i = program->prologue_count; i < program->instruction_count; i++) {
      execute(run, &program->instructions[i], registers, start, n, part);
    }
  }
}

int ck_tile_parts(const ck_tile_program *program) {
  int64_t tiles = (program->count + program->tile - 1) / program->tile;
  int parts = ck_parts(program->count, program->grain);
  return tiles < parts ? (int)(tiles < 1 ? 1 : tiles) : parts;
}

void ck_tile_run(const ck_tile_program *program, void *const *pointers) {
  struct run run = {program, pointers};
  ck_parallel(run_part, &run, ck_tile_parts(program));
}
