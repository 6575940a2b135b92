;; Masking, RFC 6455 §5.3, sixteen bytes at a time; and with it, for free, whether all of the result
;; is ASCII. Built into src/frame/simd.ts by build.mjs beside this file.
(module
  (memory (export "memory") 1) ;; 64 KiB: what one read of a socket brings at most

  ;; XORs the bytes from $at up to $end with the four bytes of $key, the first in its low byte.
  ;; Returns 0 when all bytes are then below 0x80, else another number.
  (func (export "mask") (param $at i32) (param $end i32) (param $key i32) (result i32)
    (local $bytes v128) (local $keys v128) (local $seen v128) (local $byte i32) (local $tail i32)
    (local.set $keys (i32x4.splat (local.get $key)))
    (block $blocks
      (loop $block
        (br_if $blocks
          (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
        (local.set $bytes (v128.xor (v128.load (local.get $at)) (local.get $keys)))
        (v128.store (local.get $at) (local.get $bytes))
        (local.set $seen (v128.or (local.get $seen) (local.get $bytes)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $block)))
    (block $rest
      (loop $one
        (br_if $rest (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte
          (i32.xor
            (i32.load8_u (local.get $at))
            (i32.and (local.get $key) (i32.const 0xff))))
        (i32.store8 (local.get $at) (local.get $byte))
        (local.set $tail (i32.or (local.get $tail) (local.get $byte)))
        (local.set $key (i32.rotr (local.get $key) (i32.const 8)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $one)))
    (i32.or
      (i8x16.bitmask (local.get $seen))
      (i32.and (local.get $tail) (i32.const 0x80)))))
