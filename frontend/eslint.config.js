// The lint of the interface: types, hooks, the directions of the house, and the ways in which a string could become code.
import hooks from 'eslint-plugin-react-hooks';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folder by folder: what it may not import. Everything rests on design and catalog; only shell knows everybody. */
const forbidden = {
  design: ['catalog', 'bridge', 'session', 'ui', 'canvas', 'panels', 'shell'],
  catalog: ['design', 'bridge', 'session', 'ui', 'canvas', 'panels', 'shell'],
  ui: ['design', 'catalog', 'bridge', 'session', 'canvas', 'panels', 'shell'],
  bridge: ['session', 'ui', 'canvas', 'panels', 'shell'],
  session: ['ui', 'canvas', 'panels', 'shell'],
  canvas: ['panels', 'shell'],
  panels: ['canvas', 'shell'],
};

const directions = Object.entries(forbidden).map(([folder, others]) => ({
  files: [`src/${folder}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: `(^|/)(${others.join('|')})(/|$)`, message: `${folder} must not import ${others.join(', ')}.` },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  globalIgnores(['dist', 'e2e/out', 'src/bridge/api.gen.ts']),
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}', 'e2e/**/*.ts', 'bench/**/*.{ts,tsx}', 'vite.config.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'no-console': 'error',
      'no-alert': 'error',
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'].map((property) => ({
          property,
          message: 'No string becomes HTML.',
        })),
        { object: 'document', property: 'write', message: 'No string becomes HTML.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'No string becomes HTML.' },
        { selector: 'Property[key.name="dangerouslySetInnerHTML"]', message: 'No string becomes HTML.' },
        {
          selector: 'JSXAttribute[name.name=/^(draggable|onDrag.*|onDrop)$/]:not([value.expression.value=false])',
          message: 'Gestures use pointer events: WebKit loses the next pointerdown after an HTML5 drag.',
        },
        {
          selector: 'Literal[value=/^(dragstart|dragover|drop|dragend|dragenter|dragleave)$/]',
          message: 'Gestures use pointer events: WebKit loses the next pointerdown after an HTML5 drag.',
        },
        { selector: 'MemberExpression[property.name="createContextualFragment"]', message: 'No string becomes HTML.' },
        { selector: 'NewExpression[callee.name="DOMParser"]', message: 'No string becomes HTML.' },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Only bridge talks to Go.' },
        'EventSource',
        'XMLHttpRequest',
      ],
    },
  },
  { files: ['src/bridge/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
  ...directions,
);
