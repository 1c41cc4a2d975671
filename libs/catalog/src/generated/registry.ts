// Generated from the training library by `npx nx run catalog:generate`. Do not edit.

/** A method that the training library has. */
export type MethodName =
  | 'adautomix'
  | 'alignmix'
  | 'attentivemix'
  | 'automix'
  | 'comixup'
  | 'cutmix'
  | 'decouplemix'
  | 'deit'
  | 'fmix'
  | 'grafting'
  | 'gridmix'
  | 'gridmixup'
  | 'guidedmixup'
  | 'manifoldmix'
  | 'mixpro'
  | 'mixup'
  | 'oneOf'
  | 'puzzlemix'
  | 'recursivemix'
  | 'resizemix'
  | 'rsb'
  | 'saliencymix'
  | 'samix'
  | 'smmix'
  | 'smoothmix'
  | 'supermix'
  | 'tokenmix'
  | 'transmix'
  | 'vanilla';
/** A backbone that the catalog describes. */
export type BackboneName =
  | 'convnext_tiny'
  | 'efficientnet_b0'
  | 'mobilenetv2_100'
  | 'moganet_small'
  | 'moganet_tiny'
  | 'moganet_xtiny'
  | 'resnet101'
  | 'resnet110'
  | 'resnet14'
  | 'resnet18'
  | 'resnet20'
  | 'resnet32'
  | 'resnet34'
  | 'resnet44'
  | 'resnet50'
  | 'resnet56'
  | 'resnet8'
  | 'resnext101_32x4d'
  | 'resnext50_32x4d'
  | 'wide_resnet50_2'
  | 'wrn28_10'
  | 'wrn28_8'
  | 'pvt_small'
  | 'pvt_tiny'
  | 'swin_tiny_patch4_window7_224'
  | 'deit_base_patch16_224'
  | 'deit_small_patch16_224'
  | 'deit_tiny_patch16_224';
/** A method that reads the attention of a transformer, by those parameters on which that depends. */
export type AttentionMethod =
  | { readonly name: 'mixpro' }
  | { readonly name: 'smmix' }
  | { readonly name: 'tokenmix'; readonly compat: 'openmixup' }
  | { readonly name: 'transmix' };
/** A backbone whose attention can be read. */
export type AttentionBackbone =
  | 'pvt_small'
  | 'pvt_tiny'
  | 'swin_tiny_patch4_window7_224'
  | 'deit_base_patch16_224'
  | 'deit_small_patch16_224'
  | 'deit_tiny_patch16_224'
  | 'deit3_base_patch16_224'
  | 'deit3_base_patch16_384'
  | 'deit3_huge_patch14_224'
  | 'deit3_large_patch16_224'
  | 'deit3_large_patch16_384'
  | 'deit3_medium_patch16_224'
  | 'deit3_small_patch16_224'
  | 'deit3_small_patch16_384'
  | 'deit_base_distilled_patch16_224'
  | 'deit_base_distilled_patch16_384'
  | 'deit_base_patch16_224'
  | 'deit_base_patch16_384'
  | 'deit_small_distilled_patch16_224'
  | 'deit_small_patch16_224'
  | 'deit_tiny_distilled_patch16_224'
  | 'deit_tiny_patch16_224'
  | 'swin_base_patch4_window12_384'
  | 'swin_base_patch4_window7_224'
  | 'swin_large_patch4_window12_384'
  | 'swin_large_patch4_window7_224'
  | 'swin_s3_base_224'
  | 'swin_s3_small_224'
  | 'swin_s3_tiny_224'
  | 'swin_small_patch4_window7_224'
  | 'swin_tiny_patch4_window7_224'
  | 'test_vit'
  | 'test_vit2'
  | 'test_vit3'
  | 'test_vit4'
  | 'test_vit_relpos'
  | 'vit_5b_patch16_sapiens2'
  | 'vit_7b_patch16_dinov3'
  | 'vit_base_patch14_dinov2'
  | 'vit_base_patch14_reg1_tipsv2'
  | 'vit_base_patch14_reg4_dinov2'
  | 'vit_base_patch16_18x2_224'
  | 'vit_base_patch16_224'
  | 'vit_base_patch16_224_miil'
  | 'vit_base_patch16_384'
  | 'vit_base_patch16_clip_224'
  | 'vit_base_patch16_clip_384'
  | 'vit_base_patch16_clip_quickgelu_224'
  | 'vit_base_patch16_dinov3'
  | 'vit_base_patch16_dinov3_qkvb'
  | 'vit_base_patch16_gap_224'
  | 'vit_base_patch16_lingbot'
  | 'vit_base_patch16_plus_240'
  | 'vit_base_patch16_plus_clip_240'
  | 'vit_base_patch16_radio_v3'
  | 'vit_base_patch16_reg4_gap_256'
  | 'vit_base_patch16_rope_224'
  | 'vit_base_patch16_rope_ape_224'
  | 'vit_base_patch16_rope_mixed_224'
  | 'vit_base_patch16_rope_mixed_ape_224'
  | 'vit_base_patch16_rope_reg1_gap_256'
  | 'vit_base_patch16_rpn_224'
  | 'vit_base_patch16_sapiens2'
  | 'vit_base_patch16_siglip_224'
  | 'vit_base_patch16_siglip_256'
  | 'vit_base_patch16_siglip_384'
  | 'vit_base_patch16_siglip_512'
  | 'vit_base_patch16_siglip_gap_224'
  | 'vit_base_patch16_siglip_gap_256'
  | 'vit_base_patch16_siglip_gap_384'
  | 'vit_base_patch16_siglip_gap_512'
  | 'vit_base_patch16_xp_224'
  | 'vit_base_patch32_224'
  | 'vit_base_patch32_384'
  | 'vit_base_patch32_clip_224'
  | 'vit_base_patch32_clip_256'
  | 'vit_base_patch32_clip_384'
  | 'vit_base_patch32_clip_448'
  | 'vit_base_patch32_clip_quickgelu_224'
  | 'vit_base_patch32_plus_256'
  | 'vit_base_patch32_siglip_256'
  | 'vit_base_patch32_siglip_gap_256'
  | 'vit_base_patch8_224'
  | 'vit_betwixt_patch16_gap_256'
  | 'vit_betwixt_patch16_reg1_gap_256'
  | 'vit_betwixt_patch16_reg4_gap_256'
  | 'vit_betwixt_patch16_reg4_gap_384'
  | 'vit_betwixt_patch16_rope_reg4_gap_256'
  | 'vit_betwixt_patch32_clip_224'
  | 'vit_dlittle_patch16_reg1_gap_256'
  | 'vit_dpwee_patch16_reg1_gap_256'
  | 'vit_dwee_patch16_reg1_gap_256'
  | 'vit_giant_patch14_224'
  | 'vit_giant_patch14_clip_224'
  | 'vit_giant_patch14_dinov2'
  | 'vit_giant_patch14_reg1_tipsv2'
  | 'vit_giant_patch14_reg4_dinov2'
  | 'vit_giant_patch16_gap_224'
  | 'vit_giant_patch16_lingbot'
  | 'vit_giant_patch16_radio_v3'
  | 'vit_giant_patch16_sapiens2'
  | 'vit_giantopt_patch16_siglip_256'
  | 'vit_giantopt_patch16_siglip_384'
  | 'vit_giantopt_patch16_siglip_gap_256'
  | 'vit_giantopt_patch16_siglip_gap_384'
  | 'vit_gigantic_patch14_224'
  | 'vit_gigantic_patch14_clip_224'
  | 'vit_gigantic_patch14_clip_378'
  | 'vit_gigantic_patch14_clip_quickgelu_224'
  | 'vit_huge_patch14_224'
  | 'vit_huge_patch14_clip_224'
  | 'vit_huge_patch14_clip_336'
  | 'vit_huge_patch14_clip_378'
  | 'vit_huge_patch14_clip_quickgelu_224'
  | 'vit_huge_patch14_clip_quickgelu_378'
  | 'vit_huge_patch14_gap_224'
  | 'vit_huge_patch14_xp_224'
  | 'vit_huge_patch16_gap_448'
  | 'vit_huge_patch16_radio_v3'
  | 'vit_huge_patch16_radio_v4'
  | 'vit_huge_patch16_sapiens2'
  | 'vit_intern300m_patch14_448'
  | 'vit_large_patch14_224'
  | 'vit_large_patch14_clip_224'
  | 'vit_large_patch14_clip_336'
  | 'vit_large_patch14_clip_quickgelu_224'
  | 'vit_large_patch14_clip_quickgelu_336'
  | 'vit_large_patch14_dinov2'
  | 'vit_large_patch14_reg1_tipsv2'
  | 'vit_large_patch14_reg4_dinov2'
  | 'vit_large_patch14_xp_224'
  | 'vit_large_patch16_224'
  | 'vit_large_patch16_384'
  | 'vit_large_patch16_dinov3'
  | 'vit_large_patch16_dinov3_qkvb'
  | 'vit_large_patch16_lingbot'
  | 'vit_large_patch16_radio_v3'
  | 'vit_large_patch16_rope_224'
  | 'vit_large_patch16_rope_ape_224'
  | 'vit_large_patch16_rope_mixed_224'
  | 'vit_large_patch16_rope_mixed_ape_224'
  | 'vit_large_patch16_sapiens2'
  | 'vit_large_patch16_siglip_256'
  | 'vit_large_patch16_siglip_384'
  | 'vit_large_patch16_siglip_512'
  | 'vit_large_patch16_siglip_gap_256'
  | 'vit_large_patch16_siglip_gap_384'
  | 'vit_large_patch16_siglip_gap_512'
  | 'vit_large_patch32_224'
  | 'vit_large_patch32_384'
  | 'vit_little_patch16_reg1_gap_256'
  | 'vit_little_patch16_reg4_gap_256'
  | 'vit_medium_patch16_clip_224'
  | 'vit_medium_patch16_gap_240'
  | 'vit_medium_patch16_gap_256'
  | 'vit_medium_patch16_gap_384'
  | 'vit_medium_patch16_reg1_gap_256'
  | 'vit_medium_patch16_reg4_gap_256'
  | 'vit_medium_patch16_rope_reg1_gap_256'
  | 'vit_medium_patch32_clip_224'
  | 'vit_mediumd_patch16_reg4_gap_256'
  | 'vit_mediumd_patch16_reg4_gap_384'
  | 'vit_mediumd_patch16_rope_reg1_gap_256'
  | 'vit_pwee_patch16_reg1_gap_256'
  | 'vit_small_patch14_dinov2'
  | 'vit_small_patch14_reg4_dinov2'
  | 'vit_small_patch16_18x2_224'
  | 'vit_small_patch16_224'
  | 'vit_small_patch16_36x1_224'
  | 'vit_small_patch16_384'
  | 'vit_small_patch16_dinov3'
  | 'vit_small_patch16_dinov3_qkvb'
  | 'vit_small_patch16_lingbot'
  | 'vit_small_patch16_rope_224'
  | 'vit_small_patch16_rope_ape_224'
  | 'vit_small_patch16_rope_mixed_224'
  | 'vit_small_patch16_rope_mixed_ape_224'
  | 'vit_small_patch32_224'
  | 'vit_small_patch32_384'
  | 'vit_small_patch8_224'
  | 'vit_so150m2_patch16_reg1_gap_256'
  | 'vit_so150m2_patch16_reg1_gap_384'
  | 'vit_so150m2_patch16_reg1_gap_448'
  | 'vit_so150m_patch16_reg4_gap_256'
  | 'vit_so150m_patch16_reg4_gap_384'
  | 'vit_so150m_patch16_reg4_map_256'
  | 'vit_so400m_patch14_reg1_tipsv2'
  | 'vit_so400m_patch14_siglip_224'
  | 'vit_so400m_patch14_siglip_378'
  | 'vit_so400m_patch14_siglip_384'
  | 'vit_so400m_patch14_siglip_gap_224'
  | 'vit_so400m_patch14_siglip_gap_378'
  | 'vit_so400m_patch14_siglip_gap_384'
  | 'vit_so400m_patch14_siglip_gap_448'
  | 'vit_so400m_patch14_siglip_gap_896'
  | 'vit_so400m_patch16_radio_v4'
  | 'vit_so400m_patch16_siglip_256'
  | 'vit_so400m_patch16_siglip_384'
  | 'vit_so400m_patch16_siglip_512'
  | 'vit_so400m_patch16_siglip_gap_256'
  | 'vit_so400m_patch16_siglip_gap_384'
  | 'vit_so400m_patch16_siglip_gap_512'
  | 'vit_tiny_patch16_224'
  | 'vit_tiny_patch16_384'
  | 'vit_tiny_patch16_dinov3_qkvb'
  | 'vit_wee_patch16_reg1_gap_256'
  | 'vit_xsmall_patch16_clip_224';

/** What a method is called, where it is from and what it needs of the training loop. */
export interface MethodInfo {
  readonly name: MethodName;
  readonly summary: string;
  /** arXiv number, DOI or venue. */
  readonly paper: string;
  readonly needs: readonly string[];
}

/** What kind of network a backbone is. */
export interface BackboneInfo {
  readonly name: BackboneName;
  readonly family: string;
}

/** Every method, by name. */
export const methods: readonly MethodInfo[] = [
  {
    name: 'adautomix',
    summary: 'AdAutoMix: AutoMix of up to three images; every second step its masks are trained to be hard.',
    paper: '2312.11954',
    needs: ['memory', 'network'],
  },
  {
    name: 'alignmix',
    summary:
      "AlignMix: MixUp, or a mix of the last feature maps with the positions of one aligned to the other's.",
    paper: '2103.15375',
    needs: ['features'],
  },
  {
    name: 'attentivemix',
    summary: 'AttentiveMix+: the cells of an image that matter to a teacher, on the partner image.',
    paper: '2003.13048',
    needs: ['teacher'],
  },
  {
    name: 'automix',
    summary: 'AutoMix: a small network, trained along, makes masks from the features of both images.',
    paper: '2103.13027',
    needs: ['network'],
  },
  {
    name: 'comixup',
    summary: 'Co-Mixup: groups of images become as many, each made of the salient blocks of several of them.',
    paper: '2102.03065',
    needs: ['input-gradient'],
  },
  {
    name: 'cutmix',
    summary: 'CutMix: a box of the partner image replaces the same box; labels mix by its area.',
    paper: '1905.04899',
    needs: [],
  },
  {
    name: 'decouplemix',
    summary:
      'DecoupleMix: a mix by another method; each of the two classes also has to win without the other.',
    paper: '2203.10761',
    needs: [],
  },
  {
    name: 'deit',
    summary: "DeiT's switch: MixUp or CutMix, drawn for each batch.",
    paper: '2012.12877',
    needs: [],
  },
  {
    name: 'fmix',
    summary: 'FMix: the partner shows through a mask cut out of low-frequency noise; labels mix by its area.',
    paper: '2002.12047',
    needs: [],
  },
  {
    name: 'grafting',
    summary: 'Saliency Grafting: salient parts of an image, chosen at random, on its partner.',
    paper: '2112.08796',
    needs: ['clean-pass', 'features'],
  },
  {
    name: 'gridmix',
    summary: "GridMix: each cell of a grid is one image's or its partner's, and the network tells which.",
    paper: '10.1016/j.patcog.2020.107594',
    needs: ['features', 'network'],
  },
  {
    name: 'gridmixup',
    summary: 'GridMixup: the partner shows through a grid of holes in a crop; labels mix by their area.',
    paper: 'https://github.com/IlyaDobrynin/GridMixup',
    needs: [],
  },
  {
    name: 'guidedmixup',
    summary: 'GuidedMixup: every pixel is averaged by how salient it is in each of two images.',
    paper: '2306.16612',
    needs: ['input-gradient'],
  },
  {
    name: 'manifoldmix',
    summary:
      'Manifold Mixup: the input, or the features after a stage drawn for each batch, mix as in MixUp.',
    paper: '1806.05236',
    needs: ['features'],
  },
  {
    name: 'mixpro',
    summary:
      'MixPro: cells of a grid from either image; labels move from area to attention as the network learns.',
    paper: '2304.12043',
    needs: ['attention'],
  },
  {
    name: 'mixup',
    summary: 'MixUp: a weighted average of two images and of their labels.',
    paper: '1710.09412',
    needs: [],
  },
  {
    name: 'oneOf',
    summary: 'One of several methods, drawn for each batch with the given probabilities.',
    paper: '2012.12877',
    needs: [],
  },
  {
    name: 'puzzlemix',
    summary:
      'PuzzleMix: a mask shows what is salient in both images, after moving it to where it will be seen.',
    paper: '2009.06962',
    needs: ['input-gradient'],
  },
  {
    name: 'recursivemix',
    summary: 'RecursiveMix: the mixed batch of the step before, made small, covers a box of the images.',
    paper: '2203.06844',
    needs: ['features', 'memory', 'network'],
  },
  {
    name: 'resizemix',
    summary: 'ResizeMix: the whole partner image, made small, covers a part of the image.',
    paper: '2012.11101',
    needs: [],
  },
  {
    name: 'rsb',
    summary: 'The switch of "ResNet strikes back": MixUp with a small alpha, or CutMix.',
    paper: '2110.00476',
    needs: [],
  },
  {
    name: 'saliencymix',
    summary: "SaliencyMix: a box around the partner's most salient pixel replaces the same box of the image.",
    paper: '2006.01791',
    needs: ['pixels'],
  },
  {
    name: 'samix',
    summary: 'SAMix: AutoMix with a network that sees both images at once and smooth masks of more contrast.',
    paper: '2111.15454',
    needs: ['network'],
  },
  {
    name: 'smmix',
    summary: "SMMix: the partner's window that gets most attention covers the image's that gets least.",
    paper: '2212.12977',
    needs: ['attention', 'clean-pass', 'network'],
  },
  {
    name: 'smoothmix',
    summary:
      "SmoothMix: a Gaussian spot of the image, faded into its partner; labels mix by the spot's mean.",
    paper: 'CVPRW 2020',
    needs: [],
  },
  {
    name: 'supermix',
    summary: 'SuperMix: masks that show a teacher both images, found by its gradient.',
    paper: '2003.05034',
    needs: ['teacher'],
  },
  {
    name: 'tokenmix',
    summary:
      "TokenMix: rectangles of a grid are the partner's; labels mix by where a teacher sees their classes.",
    paper: '2207.08409',
    needs: ['teacher'],
  },
  {
    name: 'transmix',
    summary: "TransMix: CutMix, with labels mixed by the class token's attention to each image's patches.",
    paper: '2111.09833',
    needs: ['attention'],
  },
  { name: 'vanilla', summary: 'No mixing: images and labels pass as they are.', paper: 'none', needs: [] },
];
/** Every named backbone. */
export const backbones: readonly BackboneInfo[] = [
  { name: 'convnext_tiny', family: 'cnn' },
  { name: 'efficientnet_b0', family: 'cnn' },
  { name: 'mobilenetv2_100', family: 'cnn' },
  { name: 'moganet_small', family: 'cnn' },
  { name: 'moganet_tiny', family: 'cnn' },
  { name: 'moganet_xtiny', family: 'cnn' },
  { name: 'resnet101', family: 'cnn' },
  { name: 'resnet110', family: 'cnn' },
  { name: 'resnet14', family: 'cnn' },
  { name: 'resnet18', family: 'cnn' },
  { name: 'resnet20', family: 'cnn' },
  { name: 'resnet32', family: 'cnn' },
  { name: 'resnet34', family: 'cnn' },
  { name: 'resnet44', family: 'cnn' },
  { name: 'resnet50', family: 'cnn' },
  { name: 'resnet56', family: 'cnn' },
  { name: 'resnet8', family: 'cnn' },
  { name: 'resnext101_32x4d', family: 'cnn' },
  { name: 'resnext50_32x4d', family: 'cnn' },
  { name: 'wide_resnet50_2', family: 'cnn' },
  { name: 'wrn28_10', family: 'cnn' },
  { name: 'wrn28_8', family: 'cnn' },
  { name: 'pvt_small', family: 'hierarchical-vit' },
  { name: 'pvt_tiny', family: 'hierarchical-vit' },
  { name: 'swin_tiny_patch4_window7_224', family: 'hierarchical-vit' },
  { name: 'deit_base_patch16_224', family: 'vit' },
  { name: 'deit_small_patch16_224', family: 'vit' },
  { name: 'deit_tiny_patch16_224', family: 'vit' },
];
